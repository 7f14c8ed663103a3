// Where unpredictable bytes come from.
#pragma once

#include <cstddef>
#include <string>

namespace ca {

/// A source of random bytes. Implementations are safe from any thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// `count` fresh bytes. Throws OpenSslError if the generator fails.
  virtual std::string bytes(std::size_t count) = 0;
};

/// OpenSSL's CSPRNG, seeded by the kernel.
class SystemRandom final : public RandomSource {
 public:
  std::string bytes(std::size_t count) override;
};

}  // namespace ca
