#include "server/outbound/folder_sender.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "server/outbound/mail_format.h"

namespace server {
namespace {

namespace fs = std::filesystem;
using policy::DeliveryFault;

/// Writes `contents` under another name first. The error number, or 0.
int write_whole(const fs::path& file, const std::string& contents) {
  const fs::path written = file.string() + ".new";
  const int descriptor = ::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return errno;
  std::size_t done = 0;
  int error = 0;
  while (done < contents.size() && error == 0) {
    const ssize_t count = ::write(descriptor, contents.data() + done, contents.size() - done);
    if (count < 0 && errno != EINTR) error = errno;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error == 0 && ::rename(written.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(written.c_str());
  return error;
}

}  // namespace

FolderSender::FolderSender(fs::path folder, std::string from)
    : folder_(std::move(folder)), from_(std::move(from)) {
  std::error_code error;
  if (!fs::exists(folder_, error) && fs::create_directories(folder_, error)) {
    fs::permissions(folder_, fs::perms::owner_all, error);
  }
  if (error || ::access(folder_.c_str(), W_OK | X_OK) != 0)
    throw std::runtime_error("messages cannot be written to the folder " + folder_.string());
}

boost::asio::awaitable<std::optional<DeliveryFault>> FolderSender::send(policy::MessageId id,
                                                                        policy::Message message,
                                                                        ca::Time now) {
  const bool is_mail = message.channel == policy::MessageChannel::mail;
  const std::string domain = from_.substr(from_.rfind('@') + 1);
  const std::string contents =
      is_mail ? mail_format({.from = from_, .message_id = id.text() + "@" + domain, .date = now},
                            message)
              : message.to + "\n" + message.text;
  const int error = write_whole(folder_ / (id.text() + (is_mail ? ".eml" : ".txt")), contents);
  if (error == 0) co_return std::nullopt;
  co_return DeliveryFault{std::string("cannot be written: ") + std::strerror(error)};
}

}  // namespace server
