// A public list of registration agencies for organizations of tests: whatever number they have,
// they are found in the "register" of Germany, or in that of Berlin.
#pragma once

#include <utility>

#include "policy/agencies/disclosure.h"
#include "storage/key_codec.h"

namespace tests {

inline policy::AgencyList test_agencies() {
  policy::RegistrationAgency country;
  country.id = "register";
  country.name = "Register of Germany";
  country.country = "DE";
  policy::RegistrationAgency city = country;
  city.id = "register-berlin";
  city.name = "register";
  city.states = {"Berlin"};
  city.localities = {"Berlin"};
  policy::AgencyList list;
  list.version = 1;
  list.note = "For tests.";
  list.agencies = {std::move(country), std::move(city)};
  return list;
}

/// As if `list` had been public since `disclosed_at`.
inline void put_agencies(storage::Transaction& transaction,
                         policy::AgencyList list,
                         ca::Time disclosed_at) {
  list.disclosed_at = disclosed_at;
  policy::kAgencyLists.put(transaction, storage::KeyWriter().number(list.version).take(), list);
}

inline void put_test_agencies(storage::Transaction& transaction, ca::Time disclosed_at) {
  put_agencies(transaction, test_agencies(), disclosed_at);
}

}  // namespace tests
