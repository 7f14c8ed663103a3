// A libunbound context with our options: created ready to ask, deleted with everything under way.
#pragma once

struct ub_ctx;
struct ub_event_base;

namespace server {

struct DnsOptions;

/// Owns the context.
class UnboundContext {
 public:
  /// `events` is what look-ups run on and outlives the context; without it the context can only
  /// show whether the options are fit. Throws std::runtime_error with one sentence if an option, a
  /// resolver or the trust anchors are refused.
  explicit UnboundContext(const DnsOptions& options, ub_event_base* events = nullptr);
  ~UnboundContext();
  UnboundContext(const UnboundContext&) = delete;
  UnboundContext& operator=(const UnboundContext&) = delete;

  [[nodiscard]] ub_ctx* get() const { return context_; }

 private:
  void configure(const DnsOptions& options);
  ub_ctx* context_;
};

}  // namespace server
