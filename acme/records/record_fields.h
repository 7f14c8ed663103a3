// Pieces that several records share; they are those of every floor from policy/ up.
#pragma once

#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace acme {

using policy::decode_enumerator;
using policy::decode_id;
using policy::decode_identifier;
using policy::encode_identifier;
using policy::kIdOctets;
using policy::require_field;

}  // namespace acme
