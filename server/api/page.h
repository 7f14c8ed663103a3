// Pages of lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "server/api/call.h"
#include "storage/transaction.h"

namespace server::api {

/// Collects one page: {"items": […], "next": "…"}, `next` only while there is more.
class Page {
 public:
  explicit Page(const Call& call) : limit_(call.query.limit()), list_(call.query.list()) {}
  /// For pages whose length something else has settled.
  enum class Length { unlimited };
  Page(const Call& call, Length /*unlimited*/)
      : limit_(std::numeric_limits<std::size_t>::max()), list_(call.query.list()) {}
  /// Takes the item that stands at `place` and answers whether to go on. Items behind the last one
  /// of the page are not shown; that they are there is what makes `next`.
  storage::Scan add(const nlohmann::json& item, std::string_view place);
  /// Ends the page at `place` although there may be more, because enough rows were looked at.
  void stop_at(std::string_view place);
  [[nodiscard]] Answer answer() const;

 private:
  std::size_t limit_;
  std::string list_;  // whose cursors it gives out
  std::size_t count_ = 0;
  std::string items_;
  std::string last_place_;
  bool has_more_ = false;
};

/// The number in the cursor, of lists whose places are numbers; 0 without a cursor. Refuses with
/// validation one that holds something else.
policy::Allowed<std::uint64_t> number_behind(const Call& call);

/// Visits what is the actor's tenant's, or everything for people of the authority, in order of its
/// making, from behind the cursor on. `of_tenant` has TenantId octets and the id's octets as its
/// key, `all` the id's octets; the visitor gets these.
void visit_rows(const storage::Snapshot& snapshot,
                storage::TableName of_tenant,
                storage::TableName all,
                const Call& call,
                const std::function<storage::Scan(std::string_view id)>& visit);

}  // namespace server::api
