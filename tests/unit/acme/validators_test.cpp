#include "acme/validation/validators.h"

#include <gtest/gtest.h>

namespace {

TEST(Validators, HasOneForEveryMethodInItsPlace) {
  const auto methods = policy::validation_methods();
  ASSERT_EQ(acme::validators().size(), methods.size());
  for (std::size_t i = 0; i < methods.size(); ++i) {
    EXPECT_EQ(acme::validators()[i].method, methods[i].method);
    EXPECT_NE(acme::validators()[i].validate, nullptr);
  }
}

}  // namespace
