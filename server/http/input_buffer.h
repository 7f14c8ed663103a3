// Bytes received and not yet taken: small while a connection waits, bounded while it talks.
#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace server {

/// Not thread-safe: it belongs to one connection.
class InputBuffer {
 public:
  explicit InputBuffer(std::size_t limit) : limit_(std::max(limit, kSmall)) {}

  [[nodiscard]] std::string_view view() const {
    return std::string_view(storage_).substr(begin_, end_ - begin_);
  }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  /// Where the next bytes may go; empty when `limit` bytes are waiting. Moves what is waiting, so
  /// views become invalid.
  boost::asio::mutable_buffer space() {
    if (begin_ != 0) {
      std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == storage_.size() && storage_.size() < limit_) {
      storage_.resize(std::min(limit_, std::max(kSmall, storage_.size() * 2)));
    }
    return {storage_.data() + end_, storage_.size() - end_};
  }
  /// `count` bytes have been put into space().
  void received(std::size_t count) { end_ += count; }
  /// Drops the first `count` bytes. They stay readable until the next space().
  void consume(std::size_t count) { begin_ += count; }
  /// Gives memory back while nothing is waiting.
  void shrink() {
    if (!empty() || storage_.size() <= kSmall) return;
    storage_ = std::string(kSmall, '\0');
    begin_ = end_ = 0;
  }

 private:
  static constexpr std::size_t kSmall = 4096;

  std::size_t limit_;
  std::string storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace server
