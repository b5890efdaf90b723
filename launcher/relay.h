#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/unique_fd.h"
#include "launcher/stderr_filter.h"

namespace launcher {

/// The main process's side of the relay: the small process that stays beside the node and passes
/// its stderr on to the caller's, without the ready marker and known JVM warnings. It holds no
/// secret, ignores the signals that a terminal sends, and ends when the node's stderr does. The
/// node does not depend on it.
class Relay {
 public:
  /// Forks the relay off, reparented away so that the JVM never has it as a child. To be called
  /// before any library is used and any secret is read but those in `secrets`, which the relay
  /// wipes at once. `notify_ready_fd`: the relay writes one byte there when the node is ready; -1
  /// for nobody. Error: kInternal.
  static base::Result<Relay> fork_off(std::span<base::Secret* const> secrets, int notify_ready_fd);

  /// The descriptor that becomes the node's stderr.
  [[nodiscard]] int stderr_fd() const { return stderr_.get(); }

  /// Says that an exec is to follow: from now on the end of the stream before the ready marker is a
  /// node that died, to be reported with `log_file`.
  void arm(const StderrRules& rules, const std::string& log_file);

  /// The exec did not happen: the end of the stream means nothing.
  void cancel();

 private:
  Relay(base::UniqueFd stderr_end, base::UniqueFd control)
      : stderr_(std::move(stderr_end)), control_(std::move(control)) {}
  base::UniqueFd stderr_;
  base::UniqueFd control_;
};

}  // namespace launcher
