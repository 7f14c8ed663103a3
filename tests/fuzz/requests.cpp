// Every payload parser takes any bytes, and what it accepts keeps its promises.
#include "acme/wire/requests.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "acme/contact.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

template <class Request>
bool accepted(const acme::Result<Request>& request) {
  check(request || request.error().type() == acme::ProblemType::malformed);
  return request.has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  const bool is_object = accepted(acme::parse_challenge_response(payload));
  const auto account = acme::parse_new_account(payload);
  if (accepted(account) && account->contact)
    static_cast<void>(acme::check_contacts(*account->contact));
  const auto order = acme::parse_new_order(payload);
  if (accepted(order)) check(is_object && !order->identifiers.empty());
  if (order && order->auto_renewal) {
    check(order->auto_renewal->lifetime.count() > 0 &&
          order->auto_renewal->lifetime_adjust.count() >= 0 && !order->not_before &&
          !order->not_after);
  }
  const auto finalize = acme::parse_finalize(payload);
  if (accepted(finalize)) check(is_object && !finalize->csr.empty());
  check(!accepted(acme::parse_account_update(payload)) || is_object);
  check(!accepted(acme::parse_key_change(payload)) || is_object);
  check(!accepted(acme::parse_new_authorization(payload)) || is_object);
  check(!accepted(acme::parse_order_update(payload)) || is_object);
  check(!accepted(acme::parse_authorization_update(payload)) || is_object);
  check(!accepted(acme::parse_revoke_cert(payload)) || is_object);
  return 0;
}
