#pragma once

#include "base/result.h"
#include "launcher/node_state.h"

namespace launcher {

/// Gives kibana_system of the running node a new password, as elastic, whose password is supplied
/// as for a first start, or is that of <config>/initial_elastic_password, or is asked for. Waits up
/// to a minute for the node to answer. The new password goes where that of a first start goes, or
/// to <config>/initial_kibana_system_password. 0: done. Errors: kUnavailable, kNoPermission for a
/// password of elastic that the node does not take, kConfig for a node whose CA is not in a PKCS#12
/// store, and those of writing the file.
base::Result<int> set_kibana_password(const Request& request);

}  // namespace launcher
