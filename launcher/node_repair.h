#pragma once

#include "base/result.h"
#include "launcher/disorders.h"

namespace launcher {

/// Keeps elasticsearch.yml, the keystore, leftovers and certs/ in before-repair.<now> and
/// before-repair.<now>.certs of the configuration directory. Returns the name of the first.
base::Result<std::string> back_up(const NodeCondition& node);

/// Does what the remedy says, whole or not at all. The caller holds the lock. Errors: those of
/// certificates and of the commit, kNoPermission where only root can.
base::Result<void> repair(Remedy remedy, const NodeCondition& node, const Request& request);

}  // namespace launcher
