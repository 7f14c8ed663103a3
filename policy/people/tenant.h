// Tenants: the customers. Whatever belongs to one is nobody else's to see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "storage/table.h"

namespace policy {

struct TenantRecord {
  std::string name;
  ca::Time created_at{};
  std::uint64_t version = 1;

  [[nodiscard]] std::string encode() const;
  static TenantRecord decode(std::string_view bytes);
  bool operator==(const TenantRecord&) const = default;
};

/// TenantId octets -> tenant.
inline constexpr storage::Table<TenantRecord> kTenants{"tenants"};

inline constexpr std::size_t kMaxName = 200;

/// Stores a tenant under `id`. `by` is who does it, for the audit log. Refuses a name that is not
/// one line of text.
Allowed<TenantRecord> create_tenant(storage::Transaction& transaction,
                                    const std::string& by,
                                    const TenantId& id,
                                    std::string name,
                                    ca::Time now);

}  // namespace policy
