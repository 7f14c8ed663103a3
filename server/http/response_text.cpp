#include "server/http/response_text.h"

#include <array>
#include <boost/beast/http/status.hpp>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>

namespace server {
namespace {

constexpr std::size_t kHeadEstimate = 512;

bool has_no_content_length(unsigned status) {
  return status == 204 || status == 304;
}

/// The text of the current second; a server answers many requests in each.
const std::string& date_of(std::chrono::sys_seconds now) {
  thread_local std::chrono::sys_seconds second{};
  thread_local std::string text;
  if (text.empty() || now != second) {
    text = http_date(now);
    second = now;
  }
  return text;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
    throw std::logic_error("a response header value holds a line break or a NUL");
  }
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void append_two_digits(std::string& out, int value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

}  // namespace

std::string http_date(std::chrono::sys_seconds time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  std::string text(kDays[static_cast<std::size_t>(broken.tm_wday)]);
  text += ", ";
  append_two_digits(text, broken.tm_mday);
  text += ' ';
  text += kMonths[static_cast<std::size_t>(broken.tm_mon)];
  text += ' ';
  text += std::to_string(broken.tm_year + 1900);
  text += ' ';
  append_two_digits(text, broken.tm_hour);
  text += ':';
  append_two_digits(text, broken.tm_min);
  text += ':';
  append_two_digits(text, broken.tm_sec);
  text += " GMT";
  return text;
}

void append_response(std::string& out,
                     const HttpResponse& response,
                     BodySent body_sent,
                     Persistence persistence,
                     std::chrono::system_clock::time_point now) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  out.reserve(out.size() + kHeadEstimate + response.body.size());
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out.append(reason.data(), reason.size());
  out += "\r\n";
  append_header(out, "Date", date_of(std::chrono::floor<std::chrono::seconds>(now)));
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  if (!has_no_content_length(response.status)) {
    append_header(out, "Content-Length", std::to_string(response.body.size()));
  }
  // HTTP/1.0 clients need to be told of either; HTTP/1.1 clients of `close` alone, but a word more
  // is cheap.
  append_header(out, "Connection", persistence == Persistence::close ? "close" : "keep-alive");
  out += "\r\n";
  if (body_sent == BodySent::yes && !has_no_content_length(response.status)) out += response.body;
}

}  // namespace server
