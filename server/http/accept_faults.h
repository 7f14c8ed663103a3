// What an accept loop does about a failed accept.
#pragma once

#include <boost/system/error_code.hpp>

namespace server {

enum class AcceptFault {
  closed,     // the listener itself was closed: end
  transient,  // the connection died before it was accepted: go on at once
  exhausted,  // descriptors or memory have run out: going on at once would spin, so wait a little
};

/// Total over all error codes; what is not known to be harmless counts as exhausted.
AcceptFault accept_fault(const boost::system::error_code& error);

}  // namespace server
