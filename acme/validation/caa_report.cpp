#include "acme/validation/caa_report.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "acme/validation/caa.h"
#include "policy/mail/outbox.h"
#include "policy/mail_address.h"
#include "storage/record_codec.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { kSentAt = 1 };
constexpr std::size_t kMostAddresses = 5;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& each : lower) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return lower;
}

std::string in_xml(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each == '&') {
      out += "&amp;";
    } else if (each == '<') {
      out += "&lt;";
    } else if (each == '>') {
      out += "&gt;";
    } else {
      out += each;
    }
  }
  return out;
}

std::string element(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + in_xml(text) + "</" + std::string(name) + ">\n";
}

std::string sentence(const ForbiddenRequest& request) {
  return "A certificate for " + request.name.text() + " was asked for on " +
         ca::rfc3339(request.at) + " and was not issued, because the CAA records of " +
         request.domain + " do not permit it.";
}

/// Forgets what is older than the interval. Returns how many rows are left.
std::size_t forget_old(storage::Transaction& transaction,
                       const CaaReporting& reporting,
                       ca::Time now) {
  std::vector<std::string> old;
  std::size_t left = 0;
  transaction.scan(kCaaReports.name(), "", [&](std::string_view key, std::string_view value) {
    const ca::Time sent_at = CaaReportRecord::decode(value).sent_at;
    if (now - sent_at >= reporting.interval) {
      old.emplace_back(key);
    } else {
      ++left;
    }
    return storage::Scan::proceed;
  });
  for (const std::string& key : old) kCaaReports.erase(transaction, key);
  return left;
}

policy::Message report_to(const std::string& address,
                          const CaaReporting& reporting,
                          const ForbiddenRequest& request,
                          std::string_view incident) {
  policy::Message message;
  message.to = address;
  message.subject = "A certificate for a name under your control was refused";
  message.text = sentence(request) + "\n\nRecords: " + caa_text(request.records) +
                 "\nCertificate authority: " + reporting.ca +
                 "\n\nThe attached document says the same in the form of RFC 7970. You get this "
                 "because an iodef record names your address. There is at most one such mail a "
                 "day.\n";
  message.attachment =
      policy::Attachment{"report.xml", "text/xml", iodef_document(reporting, request, incident)};
  return message;
}

}  // namespace

std::string CaaReportRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.time(kSentAt, sent_at);
  return std::move(writer).take();
}

CaaReportRecord CaaReportRecord::decode(std::string_view bytes) {
  CaaReportRecord record;
  storage::RecordReader reader("caa report", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kSentAt) record.sent_at = field->as_time();
  }
  return record;
}

std::vector<std::string> report_addresses(const std::vector<CaaRecord>& records) {
  constexpr std::string_view kMail = "mailto:";
  std::vector<std::string> addresses;
  for (const CaaRecord& record : records) {
    if (record.tag != "iodef" || !lower_case(record.value).starts_with(kMail)) continue;
    std::string address = record.value.substr(kMail.size());
    if (policy::fault_of_mail(address)) continue;
    const bool is_known = std::ranges::any_of(addresses, [&](const std::string& each) {
      return lower_case(each) == lower_case(address);
    });
    if (!is_known) addresses.push_back(std::move(address));
    if (addresses.size() == kMostAddresses) break;
  }
  return addresses;
}

std::string iodef_document(const CaaReporting& reporting,
                           const ForbiddenRequest& request,
                           std::string_view incident) {
  const std::string time = ca::rfc3339(request.at);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<IODEF-Document version=\"2.00\" xml:lang=\"en\" "
         "xmlns=\"urn:ietf:params:xml:ns:iodef-2.0\">\n"
         "<Incident purpose=\"reporting\">\n"
         "<IncidentID name=\"" +
         in_xml(reporting.ca) + "\">" + in_xml(incident) + "</IncidentID>\n" +
         element("DetectTime", time) + element("GenerationTime", time) +
         element("Description", sentence(request)) +
         "<Contact role=\"creator\" type=\"organization\">\n" +
         element("ContactName", reporting.ca) + "</Contact>\n<EventData>\n" +
         element("Description",
                 "CAA records of " + request.domain + ": " + caa_text(request.records)) +
         "</EventData>\n</Incident>\n</IODEF-Document>\n";
}

std::size_t queue_caa_reports(storage::Transaction& transaction,
                              const CaaReporting& reporting,
                              const ForbiddenRequest& request,
                              ca::RandomSource& random) {
  std::size_t sent = forget_old(transaction, reporting, request.at);
  std::size_t queued = 0;
  for (const std::string& address : report_addresses(request.records)) {
    const std::string key = lower_case(address);
    if (sent >= reporting.most || kCaaReports.get(transaction, key)) continue;
    const auto id = policy::MessageId::fresh(random, request.at);
    const auto done = policy::queue_message(
        transaction, id, report_to(address, reporting, request, id.text()),
        {.purpose = "caa.forbidden", .about = "caa report", .by = "server"}, request.at);
    if (!done) continue;
    kCaaReports.put(transaction, key, {request.at});
    ++sent;
    ++queued;
  }
  return queued;
}

}  // namespace acme
