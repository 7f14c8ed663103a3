#include "ca/certificate.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "ca/crypto/signer.h"
#include "ca/der/writer.h"

namespace ca {
namespace {

using der::Criticality;
using der::Tag;

const std::string kKeyIdentifier(20, '\x5a');

Time at(std::int64_t seconds) {
  return Time(std::chrono::seconds(seconds));
}

std::string name(std::string_view text) {
  return der::sequence({der::set_of(
      {der::sequence({der::object_identifier("2.5.4.3"), der::element(Tag::utf8_string, text)})})});
}

std::string alt_names() {
  return der::extension("2.5.29.17", Criticality::non_critical,
                        der::sequence({der_general_name(DnsName::parse("b.example").value()),
                                       der_general_name(DnsName::parse("a.example").value()),
                                       der_general_name(IpAddress::parse("192.0.2.7").value())}));
}

std::string authority_key() {
  return der::extension("2.5.29.35", Criticality::non_critical,
                        der::sequence({der::element(der::context(0), kKeyIdentifier)}));
}

/// The fields of a TBSCertificate, each a whole element.
struct Fields {
  std::string version = der::element(der::context_constructed(0), der::small_integer(2));
  std::string serial = der::unsigned_integer("\x8f\x01\x02");
  std::string algorithm{der_algorithm_identifier(SignatureAlgorithm::ecdsa_sha256)};
  std::string issuer = name("Issuing");
  std::string validity = der::sequence({der_time(at(1795339800)), der_time(at(2524608000))});
  std::string subject = der::sequence({""});
  std::string spki = der::sequence({der::small_integer(1)});
  std::string unique_id;
  std::string extensions =
      der::element(der::context_constructed(3), der::sequence({alt_names(), authority_key()}));
  std::string behind;
};

std::string certificate(const Fields& f, std::string_view outer_algorithm = {}) {
  const std::string tbs = der::sequence({f.version, f.serial, f.algorithm, f.issuer, f.validity,
                                         f.subject, f.spki, f.unique_id, f.extensions, f.behind});
  const std::string algorithm =
      outer_algorithm.empty()
          ? std::string(der_algorithm_identifier(SignatureAlgorithm::ecdsa_sha256))
          : std::string(outer_algorithm);
  return der::sequence({tbs, algorithm, der::bit_string("signature")});
}

// RFC5280-4.1
TEST(CertificateView, ReadsEveryField) {
  Fields fields;
  fields.spki = generate_signer(KeyAlgorithm::ecdsa_p256)->public_key().spki();
  const std::string der = certificate(fields);
  const auto view = view_certificate(der);
  ASSERT_TRUE(view) << view.error().detail();
  EXPECT_EQ(hex(view->serial), "8f0102");
  EXPECT_EQ(view->issuer, fields.issuer);
  EXPECT_EQ(view->subject, fields.subject);
  EXPECT_EQ(view->spki, fields.spki);
  EXPECT_EQ(rfc3339(view->not_before), "2026-11-22T09:30:00Z");
  EXPECT_EQ(rfc3339(view->not_after), "2050-01-01T00:00:00Z");
  EXPECT_EQ(view->authority_key_identifier, kKeyIdentifier);
  EXPECT_NE(der.find(view->tbs), std::string::npos);
  EXPECT_TRUE(view->tbs.starts_with('\x30'));
  std::vector<std::string> values;
  for (const Identifier& identifier : view->identifiers) values.push_back(value_of(identifier));
  EXPECT_EQ(values, (std::vector<std::string>{"a.example", "b.example", "192.0.2.7"}));
  ASSERT_EQ(view->extensions.size(), 2U);
  EXPECT_EQ(view->extensions[0].oid, "2.5.29.17");
  EXPECT_EQ(view->extensions[1].criticality, Criticality::non_critical);
  ASSERT_NE(find_extension(view->extensions, "2.5.29.35"), nullptr);
  EXPECT_EQ(find_extension(view->extensions, "2.5.29.19"), nullptr);
}

TEST(CertificateView, NeedsNoAltNamesAndNoAuthorityKey) {
  Fields fields;
  fields.extensions =
      der::element(der::context_constructed(3),
                   der::sequence({der::extension("2.5.29.19", Criticality::critical,
                                                 der::sequence({der::boolean_true()}))}));
  const auto view = view_certificate(certificate(fields));
  ASSERT_TRUE(view) << view.error().detail();
  EXPECT_TRUE(view->identifiers.empty());
  EXPECT_TRUE(view->authority_key_identifier.empty());
  EXPECT_EQ(find_extension(view->extensions, "2.5.29.19")->criticality, Criticality::critical);
}

// T-D3: the structure that crashed another CA: an empty sequence where an authorityKeyIdentifier
// was expected
TEST(CertificateView, ReadsAnEmptyAuthorityKeyIdentifier) {
  Fields fields;
  fields.extensions = der::element(
      der::context_constructed(3),
      der::sequence({der::extension("2.5.29.35", Criticality::non_critical, der::sequence({""}))}));
  const auto view = view_certificate(certificate(fields));
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->authority_key_identifier.empty());
}

// T-E5 T-D3
TEST(CertificateView, RefusesWhatIsNotACertificate) {
  const auto with = [](auto change) {
    Fields fields;
    change(fields);
    return certificate(fields);
  };
  const auto extensions = [](const std::vector<std::string>& list) {
    return der::element(der::context_constructed(3), der::sequence(list));
  };
  const std::string good = certificate(Fields{});
  ASSERT_TRUE(view_certificate(good));
  const std::string spelled_2049 = der::element(Tag::generalized_time, "20491231235959Z");
  const struct {
    std::string_view name;
    std::string der;
    std::string_view detail;
  } rows[] = {
      {"nothing", "", "canonical"},
      {"an empty sequence", der::sequence({""}), "not a Certificate"},
      {"empty sequences",
       der::sequence({der::sequence({""}), der::sequence({""}), der::bit_string("")}), "version 3"},
      {"an octet behind", good + "x", "canonical"},
      {"non-minimal length", std::string("\x30\x83\0", 3) + good.substr(2), "canonical"},
      {"too large", std::string(200000, '\0'), "at most 131072"},
      {"version 1", with([](Fields& f) { f.version = ""; }), "version 3"},
      {"version 2", with([](Fields& f) {
         f.version = der::element(der::context_constructed(0), der::small_integer(1));
       }),
       "version 3"},
      {"version 3 in an empty tag",
       with([](Fields& f) { f.version = der::element(der::context_constructed(0), ""); }),
       "version 3"},
      {"serial 0", with([](Fields& f) { f.serial = der::small_integer(0); }), "serial"},
      {"negative serial", with([](Fields& f) { f.serial = der::element(Tag::integer, "\x8f"); }),
       "serial"},
      {"serial of 21 octets",
       with([](Fields& f) { f.serial = der::unsigned_integer(std::string(20, '\x8f')); }),
       "serial"},
      {"no serial", with([](Fields& f) { f.serial = ""; }), "serial"},
      {"other inner algorithm", with([](Fields& f) {
         f.algorithm = der_algorithm_identifier(SignatureAlgorithm::ecdsa_sha384);
       }),
       "differ"},
      {"no issuer", with([](Fields& f) { f.issuer = ""; }), "validity"},
      {"empty validity", with([](Fields& f) { f.validity = der::sequence({""}); }), "validity"},
      {"one time", with([](Fields& f) { f.validity = der::sequence({der_time(at(0))}); }),
       "validity"},
      {"three times", with([](Fields& f) {
         f.validity = der::sequence({der_time(at(0)), der_time(at(1)), der_time(at(2))});
       }),
       "validity"},
      {"2049 as GeneralizedTime",
       with([&](Fields& f) { f.validity = der::sequence({der_time(at(0)), spelled_2049}); }),
       "validity"},
      {"no key", with([](Fields& f) { f.spki = ""; }), "issuer, subject or key"},
      {"unique identifier",
       with([](Fields& f) { f.unique_id = der::element(der::context(1), std::string("\0x", 2)); }),
       "no extensions where"},
      {"no extensions", with([](Fields& f) { f.extensions = ""; }), "no extensions where"},
      {"empty extensions tag",
       with([](Fields& f) { f.extensions = der::element(der::context_constructed(3), ""); }),
       "at least one extension"},
      {"empty extensions", with([&](Fields& f) { f.extensions = extensions({}); }),
       "at least one extension"},
      {"extension twice",
       with([&](Fields& f) { f.extensions = extensions({alt_names(), alt_names()}); }),
       "occurs twice"},
      {"fields behind", with([](Fields& f) { f.behind = der::small_integer(1); }),
       "behind its extensions"},
      {"bad alt names", with([&](Fields& f) {
         f.extensions =
             extensions({der::extension("2.5.29.17", Criticality::non_critical,
                                        der::sequence({der::element(der::context(1), "a@b")}))});
       }),
       "rfc822Name"},
      {"authority key that is no sequence", with([&](Fields& f) {
         f.extensions = extensions({der::extension("2.5.29.35", Criticality::non_critical, "")});
       }),
       "authorityKeyIdentifier"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto view = view_certificate(row.der);
    ASSERT_FALSE(view.has_value()) << "accepted";
    EXPECT_EQ(view.error().kind(), RejectionKind::bad_certificate);
    EXPECT_NE(view.error().detail().find(row.detail), std::string::npos) << view.error().detail();
  }
}

std::vector<std::string> distinct_extensions(unsigned count) {
  std::vector<std::string> list;
  for (unsigned i = 0; i < count; ++i) {
    list.push_back(der::extension("1.2.3." + std::to_string(i), Criticality::non_critical, "x"));
  }
  return list;
}

// Every extension is compared with all before it, so that a body full of them must not be read on.
TEST(CertificateView, TakesAtMost32Extensions) {
  const auto with = [](const std::vector<std::string>& list) {
    Fields fields;
    fields.extensions = der::element(der::context_constructed(3), der::sequence(list));
    return view_certificate(certificate(fields));
  };
  const auto most = with(distinct_extensions(32));
  ASSERT_TRUE(most) << most.error().detail();
  EXPECT_EQ(most->extensions.size(), 32U);
  for (const unsigned count : {33U, 5000U}) {
    SCOPED_TRACE(count);
    std::vector<std::string> list = distinct_extensions(count);
    list.back() = list.front();
    const auto view = with(list);
    ASSERT_FALSE(view);
    EXPECT_NE(view.error().detail().find("more than 32 extensions"), std::string::npos)
        << view.error().detail();
  }
}

TEST(CertificateView, SurvivesEveryPrefixAndEveryChangedOctet) {
  const std::string good = certificate(Fields{});
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(view_certificate(std::string_view(good).substr(0, length))) << length;
  }
  for (std::size_t position = 0; position < good.size(); ++position) {
    for (unsigned flip = 1; flip < 256; flip *= 2) {
      std::string changed = good;
      changed[position] = static_cast<char>(static_cast<unsigned char>(changed[position]) ^ flip);
      const auto view = view_certificate(changed);
      // A changed octet may still be a certificate, but never the same one: only the signature is
      // not in the view.
      if (view && view->tbs == view_certificate(good)->tbs) EXPECT_GE(position, good.size() - 9);
    }
  }
}

}  // namespace
}  // namespace ca
