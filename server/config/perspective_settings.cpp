// The rows of the table of settings that are about perspectives (BR 3.2.2.9), on both sides.
#include "server/config/setting_rows.h"
#include "server/config/text_rules.h"

namespace server {

namespace rules = text_rules;

std::vector<Setting> perspective_settings() {
  return {
      text_list("perspectives.remotes", &S::perspectives_remotes, "[]", rules::perspective,
                "Remote perspectives that have to see what this server sees before it believes it "
                "(BR 3.2.2.9), each as \"NAME REGION https://ADDRESS:PORT SHA-256\": a name, the "
                "region of its Internet registry (afrinic, apnic, arin, lacnic, ripe), where "
                "`chancery perspective` listens, and the fingerprint it prints. Empty means that "
                "nobody else is asked, which a public CA may not do."),
      path("perspectives.certificate", &S::perspectives_certificate, "\"\"", rules::anything,
           "PEM of the certificate that this server shows to its perspectives, which pin it. Empty "
           "means tls.certificate."),
      path("perspectives.key", &S::perspectives_key, "\"\"", rules::anything,
           "PEM of its private key. Empty means tls.key."),
      duration("perspectives.timeout", &S::perspectives_timeout, "\"12s\"", Range{1, 60},
               "How long one perspective may take to answer. It then does not agree."),
      text("perspective.listen", &S::perspective_listen, "\"127.0.0.1:14443\"",
           rules::listen_address,
           "Where `chancery perspective` accepts connections (HTTPS). It uses tls.certificate and "
           "tls.key, and looks at the network as dns and validation say. Behind another "
           "address than this one, listen.hosts names what the CA dials."),
      text_list("perspective.clients", &S::perspective_clients, "[]", rules::fingerprint,
                "SHA-256 fingerprints of the certificates whose holders may ask this perspective, "
                "in hex without colons."),
  };
}

}  // namespace server
