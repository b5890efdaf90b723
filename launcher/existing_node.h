#pragma once

#include "base/result.h"
#include "launcher/node_state.h"
#include "launcher/yml_block.h"

/// Securing a node that has data already: never by itself, only when it is asked for.
namespace launcher {

/// Switches security on, with TLS as `scope` says, keeps what was there in a backup, and tells the
/// password of elastic. Takes effect at the next start. 0 done; 3 it is secured already. Errors:
/// kNoop for a node without data or of a larger cluster, and those of a first start.
base::Result<int> secure_existing_node(const Request& request, TlsScope scope);

/// Takes back the last secure_existing_node. Error: kNoop where there is none.
base::Result<int> undo_securing(const Request& request);

}  // namespace launcher
