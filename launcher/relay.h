#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/unique_fd.h"
#include "launcher/node_log.h"
#include "launcher/process_state.h"
#include "launcher/relay_process.h"
#include "launcher/stderr_filter.h"

namespace launcher {

/// Which process stays beside the node.
enum class Beside {
  kRelay,       ///< a small one of its own; the caller's pid becomes the JVM
  kInit,        ///< the caller, as the parent of the JVM, to its end
  kUntilReady,  ///< the caller, until the node is ready
};

/// What whoever stays beside a server has to know of it.
struct ServerWatch {
  StderrRules rules;
  NodeLog log;
  bool node_notifies = false;  ///< the node itself tells the service manager when it is ready
};

/// The main process's side of the relay: the small process that stays beside the node and passes
/// its stderr on to the caller's, without the ready marker and known JVM warnings. It holds no
/// secret and ends when the node's stderr does. The node does not depend on it.
class Relay {
 public:
  /// Forks. With kRelay the relay is reparented away, so that the JVM never has it as a child; with
  /// the others this returns in the new process only, with the signal mask `before`, and the caller
  /// of esboot keeps waiting for what becomes of it. To be called before any library is used and
  /// any secret is read but those in `secrets`, which the relay wipes at once. Error: kInternal.
  static base::Result<Relay> fork_off(Beside beside, std::span<base::Secret* const> secrets,
                                      const SignalMask& before);

  /// The descriptor that becomes the node's stderr.
  [[nodiscard]] int stderr_fd() const { return stderr_.get(); }

  /// Names the service manager's socket (see service_manager.h), which is kept informed from now
  /// on.
  void inform(const std::string& notify_socket);

  /// Says that an exec is to follow: from now on the end of the stream before the ready marker is a
  /// node that died, to be reported with its log.
  void arm(const ServerWatch& watch);

  /// The exec did not happen: the end of the stream means nothing.
  void cancel();

 private:
  Relay(base::UniqueFd stderr_end, base::UniqueFd control)
      : stderr_(std::move(stderr_end)), control_(std::move(control)) {}
  void send() const;

  base::UniqueFd stderr_;
  base::UniqueFd control_;
  RelayOrders orders_;
};

}  // namespace launcher
