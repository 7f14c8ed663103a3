// A libunbound context with our options: created ready to ask, deleted with everything under way.
#pragma once

struct ub_ctx;

namespace server {

struct DnsOptions;

/// Owns the context and its resolver thread.
class UnboundContext {
 public:
  /// Throws std::runtime_error with one sentence if an option, a resolver or the trust anchors are
  /// refused.
  explicit UnboundContext(const DnsOptions& options);
  ~UnboundContext();
  UnboundContext(const UnboundContext&) = delete;
  UnboundContext& operator=(const UnboundContext&) = delete;

  [[nodiscard]] ub_ctx* get() const { return context_; }
  /// Readable when answers wait. Belongs to the context; never close it.
  [[nodiscard]] int descriptor() const;

 private:
  void configure(const DnsOptions& options);
  ub_ctx* context_;
};

}  // namespace server
