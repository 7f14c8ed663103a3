// Preloaded into a program, moves its time of day by the number of seconds in the file that
// MOVED_CLOCK names. The monotonic clock, by which it waits, stays as it is: nothing waits longer
// or shorter for it.
//
// Debian's libfaketime cannot be used here: it also rewrites the absolute expiry of every timerfd,
// and Boost.Asio arms its timerfd with an absolute instant long past when a timer is due at once;
// moved into the future it never fires.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>

namespace {

/// Read anew every time, so that a test moves the clock by replacing the file.
std::time_t offset() {
  const char* const path = std::getenv("MOVED_CLOCK");
  if (path == nullptr) return 0;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, 32> text{};
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  std::time_t seconds = 0;
  if (size > 0) std::from_chars(text.data(), text.data() + size, seconds);
  return seconds;
}

}  // namespace

extern "C" {

// The kernel's own call, past the C library's, which is replaced here.
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = ::syscall(SYS_clock_gettime, clock, time);
  const bool is_time_of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && is_time_of_day) time->tv_sec += offset();
  return static_cast<int>(result);
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  timespec now{};
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return result;
}

std::time_t time(std::time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
