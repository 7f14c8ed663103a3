// Stored records of policy/, described once for both directions: a record lists its fields in one
// static function `fields(self, walk)`, which FieldsOut writes and FieldsIn reads. Reading is
// total: whatever the bytes, the result is a value or storage::CorruptRecord.
//
//   struct Thing {
//     std::string name;
//     std::optional<ca::Time> due;
//     template <class Self, class Walk>
//     static void fields(Self& self, Walk& walk) {
//       walk(1, self.name);
//       walk(2, self.due);
//     }
//     [[nodiscard]] std::string encode() const { return encode_record(*this); }
//     static Thing decode(std::string_view bytes) { return decode_record<Thing>("thing", bytes); }
//   };
//
// Field numbers are never used again for something else. A plain field that is empty or zero is not
// written; an enumerator is, and so is an optional that holds anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/ids.h"
#include "policy/products/words.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace policy {

template <class Record>
std::string encode_record(const Record& record);
template <class Record>
Record decode_record(std::string_view what, std::string_view bytes);

namespace record_fields {

template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
T decode_bytes(std::string_view bytes) {
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(bytes);
  } else if constexpr (std::is_same_v<T, ca::Identifier>) {
    return decode_identifier(bytes);
  } else if constexpr (is_id<T>) {
    require_field(bytes.size() == kIdOctets, "id");
    return T::from_octets(std::string(bytes));
  } else {
    return decode_record<T>("part of a record", bytes);
  }
}

template <class T>
T decode_number(const storage::RecordField& field) {
  if constexpr (std::is_same_v<T, ca::Time>) {
    return field.as_time();
  } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
    return field.as_time().time_since_epoch();
  } else if constexpr (std::is_enum_v<T>) {
    // Enumerations without words have `greatest(T)` beside them.
    if constexpr (Spelled<T>) {
      require_field(field.as_number() < kWords<T>.size(), "enumerator");
    } else {
      require_field(field.as_number() <= static_cast<std::uint64_t>(greatest(T{})), "enumerator");
    }
    return static_cast<T>(field.as_number());
  } else {
    require_field(field.as_number() <= std::uint64_t{std::numeric_limits<T>::max()}, "number");
    return static_cast<T>(field.as_number());
  }
}

template <class T>
inline constexpr bool is_number =
    std::is_enum_v<T> || std::is_unsigned_v<T> || std::is_same_v<T, ca::Time> ||
    std::is_same_v<T, std::chrono::seconds>;

}  // namespace record_fields

/// Writes what it is shown.
class FieldsOut {
 public:
  template <class T>
  void operator()(std::uint32_t number, const T& value) {
    if constexpr (record_fields::is_optional<T>) {
      if (value) put(number, *value);
    } else if constexpr (record_fields::is_vector<T>) {
      for (const auto& each : value) put(number, each);
    } else if constexpr (record_fields::is_id<T> || std::is_class_v<T>) {
      if constexpr (std::is_same_v<T, std::string>) {
        if (!value.empty()) put(number, value);
      } else if constexpr (record_fields::is_number<T>) {
        if (value != T{}) put(number, value);
      } else {
        put(number, value);
      }
    } else if constexpr (std::is_enum_v<T>) {
      put(number, value);  // the record's own default may be another than the first
    } else {
      if (value != T{}) put(number, value);
    }
  }
  [[nodiscard]] std::string take() && { return std::move(writer_).take(); }

 private:
  template <class T>
  void put(std::uint32_t number, const T& value) {
    if constexpr (std::is_same_v<T, ca::Time>) {
      writer_.time(number, value);
    } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
      writer_.time(number, ca::Time(value));
    } else if constexpr (record_fields::is_number<T>) {
      writer_.number(number, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, std::string>) {
      writer_.bytes(number, value);
    } else if constexpr (std::is_same_v<T, ca::Identifier>) {
      writer_.bytes(number, encode_identifier(value));
    } else if constexpr (record_fields::is_id<T>) {
      writer_.bytes(number, value.octets());
    } else {
      writer_.bytes(number, encode_record(value));
    }
  }

  storage::RecordWriter writer_{1};
};

/// Fills what it is shown from the bytes of one record.
class FieldsIn {
 public:
  FieldsIn(std::string_view what, std::string_view bytes);

  template <class T>
  void operator()(std::uint32_t number, T& value) {
    if constexpr (record_fields::is_id<T>) {
      require_field(find(number) != nullptr, "id");
    }
    if constexpr (record_fields::is_vector<T>) {
      for (const auto& field : all_) {
        if (field.field == number) value.push_back(get<typename T::value_type>(field));
      }
    } else if (const storage::RecordField* field = find(number)) {
      if constexpr (record_fields::is_optional<T>) {
        value = get<typename T::value_type>(*field);
      } else {
        value = get<T>(*field);
      }
    }
  }

 private:
  template <class T>
  static T get(const storage::RecordField& field) {
    if constexpr (record_fields::is_number<T>) {
      return record_fields::decode_number<T>(field);
    } else {
      return record_fields::decode_bytes<T>(field.as_bytes());
    }
  }
  [[nodiscard]] const storage::RecordField* find(std::uint32_t number) const;  // the last one

  std::vector<storage::RecordField> all_;
};

template <class Record>
std::string encode_record(const Record& record) {
  FieldsOut out;
  Record::fields(record, out);
  return std::move(out).take();
}

template <class Record>
Record decode_record(std::string_view what, std::string_view bytes) {
  Record record;
  FieldsIn in(what, bytes);
  Record::fields(record, in);
  return record;
}

}  // namespace policy
