#pragma once

#include <csignal>

namespace launcher {

/// The signals that the process had blocked when this was made.
class SignalMask {
 public:
  SignalMask();
  void restore() const;

 private:
  sigset_t mask_{};
};

/// Blocks what an init passes on or acts upon: all signals but those that report a fault of the
/// process itself and those of job control. Returns what is held.
sigset_t hold_signals();

/// Whether it is a signal that ends a node: SIGTERM, SIGINT or SIGHUP.
[[nodiscard]] bool asks_to_stop(int signal);

/// The umask of the stock container (0002): what the node makes is its group's as well.
void allow_group_to_write();

/// While it lives, a signal that would end the process waits, so that a change on disk is made as a
/// whole; it takes effect right after.
class StopSignalsHeld {
 public:
  StopSignalsHeld();
  ~StopSignalsHeld() { before_.restore(); }
  StopSignalsHeld(const StopSignalsHeld&) = delete;
  StopSignalsHeld& operator=(const StopSignalsHeld&) = delete;

 private:
  SignalMask before_;
};

/// Opens /dev/null for each of stdin, stdout and stderr that the caller closed, so that no file of
/// ours is ever taken for one of them.
void open_missing_standard_streams();

/// No core dump and no ptrace by others while secrets are in memory. Ends with the next exec, so
/// the JVM is not affected.
void forbid_memory_access();

/// From now on, lack of memory ends the program with one error and the code of a failure of its
/// own, not with an abort.
void end_where_memory_lacks();

/// While it lives, writing to a closed pipe is an error and not the end of the process; then the
/// caller's disposition is back, as the JVM must inherit it.
class SigpipeIgnored {
 public:
  SigpipeIgnored();
  ~SigpipeIgnored();
  SigpipeIgnored(const SigpipeIgnored&) = delete;
  SigpipeIgnored& operator=(const SigpipeIgnored&) = delete;

 private:
  void (*before_)(int);
};

}  // namespace launcher
