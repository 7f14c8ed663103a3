// Who runs which name servers, by the end of their names. Data: a new provider is a new row.
#pragma once

#include <array>
#include <string_view>

namespace policy {

struct DnsProvider {
  std::string_view suffix;  // of a name server's name, in lower case
  std::string_view name;
};

inline constexpr std::array kDnsProviders{
    DnsProvider{"alidns.com", "Alibaba Cloud DNS"},
    DnsProvider{"hichina.com", "Alibaba Cloud DNS"},
    DnsProvider{"dnspod.net", "DNSPod"},
    DnsProvider{"dnsv2.com", "DNSPod"},
    DnsProvider{"dnsv3.com", "DNSPod"},
    DnsProvider{"dnsv4.com", "DNSPod"},
    DnsProvider{"dnsv5.com", "DNSPod"},
    DnsProvider{"huaweicloud-dns.com", "Huawei Cloud DNS"},
    DnsProvider{"cloudflare.com", "Cloudflare"},
    DnsProvider{"azure-dns.com", "Azure DNS"},
    DnsProvider{"azure-dns.net", "Azure DNS"},
    DnsProvider{"azure-dns.org", "Azure DNS"},
    DnsProvider{"azure-dns.info", "Azure DNS"},
    DnsProvider{"googledomains.com", "Google Cloud DNS"},
    DnsProvider{"domaincontrol.com", "GoDaddy"},
    DnsProvider{"gandi.net", "Gandi"},
    DnsProvider{"ovh.net", "OVHcloud"},
    DnsProvider{"hetzner.com", "Hetzner"},
    DnsProvider{"nsone.net", "NS1"},
};
/// Names of this kind hold a number: "ns-1536.awsdns-00.co.uk".
inline constexpr DnsProvider kNumberedDnsProvider{".awsdns-", "Amazon Route 53"};

}  // namespace policy
