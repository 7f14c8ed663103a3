#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <iterator>
#include <thread>

#include "server/config/load.h"
#include "server/outbound/folder_sender.h"
#include "server/outbound/mail_format.h"
#include "server/outbound/message_senders.h"
#include "server/outbound/message_work.h"
#include "server/outbound/smtp_sender.h"
#include "tests/support/fakes.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"

namespace server {
namespace {

using policy::DeliveryFault;
using policy::Message;
using policy::MessageChannel;
using policy::MessageId;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

const MessageId kId = MessageId::from_octets(std::string(16, 'm'));

Message mail(std::string subject = "Hello", std::string text = "One\n.\nTwo\n") {
  return {.channel = MessageChannel::mail,
          .to = "li@example.org",
          .subject = std::move(subject),
          .text = std::move(text)};
}

TEST(MailFormat, IsPlainWhereItCanBe) {
  EXPECT_EQ(
      mail_format({.from = "ca@example.org", .message_id = "1@example.org", .date = kNow}, mail()),
      "Date: Sun, 22 Nov 2026 00:00:00 +0000\r\n"
      "From: <ca@example.org>\r\n"
      "To: <li@example.org>\r\n"
      "Message-ID: <1@example.org>\r\n"
      "Subject: Hello\r\n"
      "Auto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 7bit\r\n\r\n"
      "One\r\n.\r\nTwo\r\n");
}

// RFC8659-4.4: a report goes with a mail that people can read.
TEST(MailFormat, HasAnAttachmentAsASecondPart) {
  Message message = mail("Hello", "One\n");
  message.attachment = policy::Attachment{"report.xml", "text/xml", "<a/>\n"};
  const std::string text = mail_format(
      {.from = "ca@example.org", .message_id = "msg_1@example.org", .date = kNow}, message);
  EXPECT_TRUE(
      text.ends_with("MIME-Version: 1.0\r\n"
                     "Content-Type: multipart/mixed; boundary=\"=_msg_1\"\r\n\r\n"
                     "--=_msg_1\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: 7bit\r\n\r\n"
                     "One\r\n\r\n"
                     "--=_msg_1\r\n"
                     "Content-Type: text/xml; charset=utf-8\r\n"
                     "Content-Disposition: attachment; filename=\"report.xml\"\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n"
                     "PGEvPgo=\r\n\r\n"
                     "--=_msg_1--\r\n"))
      << text;
}

TEST(MailFormat, EncodesWhatIsNotAscii) {
  EXPECT_EQ(encoded_header_text("请确认"), "=?utf-8?B?6K+356Gu6K6k?=");
  EXPECT_EQ(encoded_header_text("=?utf-8?B?eA==?="), "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=");
  std::string longer;
  for (int i = 0; i < 100; ++i) longer += "请";
  for (std::size_t at = 0; const char c : encoded_header_text(longer)) {
    at = c == '\n' ? 0 : at + 1;
    EXPECT_LE(at, 77U);
  }
  const std::string text = mail_format({}, mail("x", "请确认\n"));
  EXPECT_TRUE(text.ends_with("Content-Transfer-Encoding: base64\r\n\r\n6K+356Gu6K6kCg==\r\n"));
  EXPECT_TRUE(mail_format({}, mail("x", std::string(999, 'a'))).contains("base64"));
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(FolderSender, WritesOneFileForEachMessage) {
  const tests::TempDir dir;
  FolderSender sender(dir / "mail", "ca@example.org");
  EXPECT_EQ(tests::run(sender.send(kId, mail(), kNow)), std::nullopt);
  EXPECT_EQ(tests::run(sender.send(kId, mail("Again"), kNow)), std::nullopt);
  EXPECT_TRUE(contents(dir / "mail" / (kId.text() + ".eml")).contains("Subject: Again\r\n"));
  const Message sms{
      .channel = MessageChannel::sms, .to = "+8613912345678", .subject = {}, .text = "123456"};
  EXPECT_EQ(tests::run(sender.send(kId, sms, kNow)), std::nullopt);
  EXPECT_EQ(contents(dir / "mail" / (kId.text() + ".txt")), "+8613912345678\n123456");
  std::filesystem::remove_all(dir / "mail");
  EXPECT_NE(tests::run(sender.send(kId, mail(), kNow)), std::nullopt);
}

TEST(MessageSenders, AreThoseOfTheSettings) {
  const tests::TempDir dir;
  Settings settings = default_settings(dir / "settings");
  EXPECT_EQ(make_message_senders(settings).mail, nullptr);
  settings.mail_folder = dir / "mail";
  settings.mail_from = "ca@example.org";
  EXPECT_NE(make_message_senders(settings).mail, nullptr);
  EXPECT_EQ(make_message_senders(settings).sms, nullptr);
  settings.mail_folder.clear();
  settings.mail_smtp = "smtp://127.0.0.1:25";
  EXPECT_NE(make_message_senders(settings).mail, nullptr);
  settings.mail_smtp_password_file = dir / "absent";
  EXPECT_THROW(make_message_senders(settings), std::runtime_error);
}

/// A mail server that answers `recipient` to the recipient, and keeps what it hears.
class MailServer {
 public:
  explicit MailServer(std::string recipient) : recipient_(std::move(recipient)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~MailServer() { thread_.join(); }
  [[nodiscard]] std::string url() const {
    return "smtp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  /// Everything after the client has gone.
  std::string heard() {
    thread_.join();
    thread_ = std::thread([] {});
    return heard_;
  }

 private:
  void serve() {
    boost::system::error_code error;
    auto socket = acceptor_.accept(error);
    const auto say = [&](const std::string& line) {
      boost::asio::write(socket, boost::asio::buffer(line + "\r\n"), error);
    };
    say("220 test");
    boost::asio::streambuf buffer;
    bool data = false;
    while (!error) {
      const std::size_t size = boost::asio::read_until(socket, buffer, "\r\n", error);
      if (error) break;
      std::string line(static_cast<const char*>(buffer.data().data()), size);
      buffer.consume(size);
      heard_ += line;
      if (data) {
        data = line != ".\r\n";
        if (!data) say("250 kept");
      } else if (line.starts_with("RCPT")) {
        say(recipient_);
      } else if (line.starts_with("DATA")) {
        data = recipient_.starts_with("250");
        say(data ? "354 go on" : "503 no recipient");
      } else if (line.starts_with("QUIT")) {
        say("221 bye");
        break;
      } else {
        say("250 test");
      }
    }
  }
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_{loop_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  std::string recipient_;
  std::string heard_;
  std::thread thread_;
};

std::optional<DeliveryFault> send_to(MailServer& server, SmtpOptions::StartTls tls) {
  SmtpSender sender({.url = server.url(),
                     .from = "ca@example.org",
                     .user = {},
                     .password = {},
                     .start_tls = tls});
  return tests::run(sender.send(kId, mail(), kNow));
}

TEST(SmtpSender, HandsAMailOver) {
  MailServer server("250 fine");
  EXPECT_EQ(send_to(server, SmtpOptions::StartTls::never), std::nullopt);
  const std::string heard = server.heard();
  EXPECT_TRUE(heard.contains("MAIL FROM:<ca@example.org>"));
  EXPECT_TRUE(heard.contains("RCPT TO:<li@example.org>"));
  EXPECT_TRUE(heard.contains("Subject: Hello\r\n"));
  EXPECT_TRUE(heard.contains("One\r\n..\r\nTwo\r\n.\r\n"));  // RFC 5321 §4.5.2
}

TEST(SmtpSender, KnowsWhatLastsForGood) {
  MailServer refuses("550 no such mailbox");
  EXPECT_EQ(send_to(refuses, SmtpOptions::StartTls::never)->lasts, DeliveryFault::Lasts::for_good);
  MailServer is_busy("451 later");
  EXPECT_EQ(send_to(is_busy, SmtpOptions::StartTls::never)->lasts, DeliveryFault::Lasts::for_now);
}

TEST(SmtpSender, SendsNothingWithoutTheEncryptionItWasToldToUse) {
  MailServer server("250 fine");
  const auto fault = send_to(server, SmtpOptions::StartTls::required);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->lasts, DeliveryFault::Lasts::for_now);
  EXPECT_FALSE(server.heard().contains("MAIL"));
}

TEST(SmtpSender, SendsNoShortMessages) {
  SmtpSender sender(
      {.url = "smtp://127.0.0.1:9", .from = "ca@example.org", .user = {}, .password = {}});
  Message sms = mail();
  sms.channel = MessageChannel::sms;
  EXPECT_EQ(tests::run(sender.send(kId, sms, kNow))->lasts, DeliveryFault::Lasts::for_good);
}

class ScriptedSender final : public policy::MessageSender {
 public:
  std::optional<DeliveryFault> answer;
  std::vector<Message> sent;
  boost::asio::awaitable<std::optional<DeliveryFault>> send(MessageId /*id*/,
                                                            Message message,
                                                            ca::Time /*now*/) override {
    sent.push_back(std::move(message));
    co_return answer;
  }
};

class IgnoringLog final : public acme::EventLog {
 public:
  void record(acme::Severity /*severity*/,
              std::string_view /*event*/,
              const std::vector<std::pair<std::string_view, std::string>>& /*facts*/) override {}
};

// TFR-25 (mail and short messages): what is queued goes out through the sender of its channel.
TEST(MessageWork, SendsWhatIsQueuedAndNotesTheOutcome) {
  tests::TempStore store;
  tests::FakeClock clock(kNow);
  IgnoringLog log;
  ScriptedSender by_mail;
  const acme::WorkHandler handler =
      message_work(*store, clock, log, {.mail = &by_mail, .sms = nullptr});
  const acme::WorkKey work{acme::kAtOnce, acme::WorkKind::send_message, kId.octets()};
  const auto state = [&] {
    return store->read(
        [](const auto& snapshot) { return policy::kMessages.get(snapshot, kId.octets())->state; });
  };
  store->write_and_wait([](storage::Transaction& transaction) {
    ASSERT_TRUE(policy::queue_message(transaction, kId, mail(),
                                      {.purpose = "desk", .about = std::string(16, 'A'), .by = "x"},
                                      kNow));
  });
  by_mail.answer = DeliveryFault{"was busy"};
  tests::run(handler.run(work));
  EXPECT_EQ(state(), policy::MessageState::queued);
  by_mail.answer.reset();
  tests::run(
      handler.run({kNow + std::chrono::seconds(60), acme::WorkKind::send_message, kId.octets()}));
  EXPECT_EQ(state(), policy::MessageState::sent);
  EXPECT_EQ(by_mail.sent, (std::vector<Message>{mail(), mail()}));
  tests::run(handler.run(work));  // ran twice: nothing is sent again
  EXPECT_EQ(by_mail.sent.size(), 2U);
}

}  // namespace
}  // namespace server
