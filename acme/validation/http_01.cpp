#include "acme/validation/http_01.h"

#include <string_view>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/validation/key_authorization.h"

namespace acme {

namespace {

std::string_view without_trailing_space(std::string_view body) {
  const std::size_t last = body.find_last_not_of(" \t\r\n\v\f");
  return last == std::string_view::npos ? std::string_view{} : body.substr(0, last + 1);
}

}  // namespace

boost::asio::awaitable<ValidationOutcome> validate_http_01(HttpFetcher& fetcher,
                                                           ca::Identifier host,
                                                           std::string token,
                                                           std::string thumbprint) {
  std::string path = "/.well-known/acme-challenge/" + token;
  Result<FetchedBody> fetched = co_await fetcher.fetch(std::move(host), std::move(path));
  ValidationOutcome outcome;
  if (!fetched) {
    outcome.problem = std::move(fetched.error());
    co_return outcome;
  }
  outcome.hops = std::move(fetched->hops);
  // RFC 8555 §8.3: the server SHOULD ignore white space at the end of the body.
  const std::string_view found = without_trailing_space(fetched->body);
  const std::string expected = key_authorization(token, thumbprint);
  if (found != expected) {
    outcome.problem =
        Problem(ProblemType::incorrect_response,
                "the body at " + in_quotes(fetched->final_url) + " is " + in_quotes(found) +
                    "; expected the key authorization \"" + expected + "\"");
  }
  co_return outcome;
}

}  // namespace acme
