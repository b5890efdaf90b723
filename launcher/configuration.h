#pragma once

#include "base/result.h"
#include "launcher/enrollment.h"
#include "launcher/node_state.h"
#include "launcher/security_plan.h"

namespace launcher {

/// Makes the security configuration of a node whose verdict is to configure, commits it, shows the
/// credentials, and leaves `node` as it is now. The caller holds the lock. Errors: those of the
/// plan and the commit; then nothing has changed, or the next start completes the change.
base::Result<void> configure_node(const Request& request, NodeState* node);

/// What becomes of a certs directory that is there already. kRemoved: the password of a first start
/// goes as well.
enum class OldCertificates { kKept, kRemoved };

/// Joins the cluster that issued the token: checks, asks it, commits. The caller holds the lock.
/// Errors as enrollment.h and check_joining have them; then nothing has changed.
base::Result<void> join_cluster(const Request& request, const EnrollmentToken& token,
                                OldCertificates old, NodeState* node);

/// What a plan is made from. Error: kUsage for a name that no certificate can have.
base::Result<SecurityInput> security_input(const Request& request, const NodeState& node);

/// Says why a node is not configured, unless it is so already or the options ask for silence.
void explain_skip(const Verdict& verdict, const StartOptions& options);

/// Every node has a keystore with a seed, in the format of its version; one is made or upgraded
/// where it is not so; a password that was supplied goes into it. A directory that cannot be
/// written keeps it in memory, where the version hands secrets over. Error: kConfig.
base::Result<void> bring_keystore_up_to_date(NodeState* node);

}  // namespace launcher
