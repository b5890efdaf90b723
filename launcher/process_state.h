#pragma once

namespace launcher {

/// Opens /dev/null for each of stdin, stdout and stderr that the caller closed, so that no file of
/// ours is ever taken for one of them.
void open_missing_standard_streams();

/// No core dump and no ptrace by others while secrets are in memory. Ends with the next exec, so
/// the JVM is not affected.
void forbid_memory_access();

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
