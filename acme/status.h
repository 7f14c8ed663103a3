// The states of RFC 8555 §7.1.6, their spelling on the wire, and which may follow which.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace acme {

enum class AccountStatus : std::uint8_t { valid, deactivated, revoked };
/// `canceled` is of RFC 8739 §3.1.2.
enum class OrderStatus : std::uint8_t { pending, ready, processing, valid, invalid, canceled };
enum class AuthorizationStatus : std::uint8_t {
  pending,
  valid,
  invalid,
  deactivated,
  expired,
  revoked
};
enum class ChallengeStatus : std::uint8_t { pending, processing, valid, invalid };

// Spellings, in the order of the enumerators.
inline constexpr std::array<std::string_view, 3> kAccountStatusTexts{"valid", "deactivated",
                                                                     "revoked"};
inline constexpr std::array<std::string_view, 6> kOrderStatusTexts{
    "pending", "ready", "processing", "valid", "invalid", "canceled"};
inline constexpr std::array<std::string_view, 6> kAuthorizationStatusTexts{
    "pending", "valid", "invalid", "deactivated", "expired", "revoked"};
inline constexpr std::array<std::string_view, 4> kChallengeStatusTexts{"pending", "processing",
                                                                       "valid", "invalid"};

constexpr std::string_view text_of(AccountStatus status) {
  return kAccountStatusTexts.at(static_cast<std::size_t>(status));
}
constexpr std::string_view text_of(OrderStatus status) {
  return kOrderStatusTexts.at(static_cast<std::size_t>(status));
}
constexpr std::string_view text_of(AuthorizationStatus status) {
  return kAuthorizationStatusTexts.at(static_cast<std::size_t>(status));
}
constexpr std::string_view text_of(ChallengeStatus status) {
  return kChallengeStatusTexts.at(static_cast<std::size_t>(status));
}

// Who may follow whom: row = from, column = to, in the order of the enumerators. Staying is no
// transition.

/// §7.1.6, last figure: both ends are final.
inline constexpr std::array<std::array<bool, 3>, 3> kAccountTransitions{{
    // valid  deactivated revoked
    {false, true, true},
    {false, false, false},
    {false, false, false},
}};

/// §7.1.6, order figure, and RFC 8739 §3.1.2, figure 4. `invalid` and `canceled` are final, and so
/// is `valid` but for an order that renews itself.
inline constexpr std::array<std::array<bool, 6>, 6> kOrderTransitions{{
    // pending ready processing valid invalid canceled
    {false, true, false, false, true, false},
    {false, false, true, false, true, false},
    {false, false, false, true, true, false},
    {false, false, false, false, false, true},
    {false, false, false, false, false, false},
    {false, false, false, false, false, false},
}};

/// §7.1.6, authorization figure. A pending authorization can be deactivated, revoked or expire like
/// a valid one.
inline constexpr std::array<std::array<bool, 6>, 6> kAuthorizationTransitions{{
    // pending valid invalid deactivated expired revoked
    {false, true, true, true, true, true},
    {false, false, false, true, true, true},
    {false, false, false, false, false, false},
    {false, false, false, false, false, false},
    {false, false, false, false, false, false},
    {false, false, false, false, false, false},
}};

/// §7.1.6, first figure. There are no retries by the server: `processing` leads to an end.
inline constexpr std::array<std::array<bool, 4>, 4> kChallengeTransitions{{
    // pending processing valid invalid
    {false, true, false, false},
    {false, false, true, true},
    {false, false, false, false},
    {false, false, false, false},
}};

namespace detail {
template <std::size_t N, class Status>
constexpr bool allows(const std::array<std::array<bool, N>, N>& table, Status from, Status to) {
  return table.at(static_cast<std::size_t>(from)).at(static_cast<std::size_t>(to));
}
}  // namespace detail

/// Whether RFC 8555 §7.1.6 draws an arrow from `from` to `to`.
constexpr bool may_become(AccountStatus from, AccountStatus to) {
  return detail::allows(kAccountTransitions, from, to);
}
constexpr bool may_become(OrderStatus from, OrderStatus to) {
  return detail::allows(kOrderTransitions, from, to);
}
constexpr bool may_become(AuthorizationStatus from, AuthorizationStatus to) {
  return detail::allows(kAuthorizationTransitions, from, to);
}
constexpr bool may_become(ChallengeStatus from, ChallengeStatus to) {
  return detail::allows(kChallengeTransitions, from, to);
}

}  // namespace acme
