#include "launcher/configuration_lock.h"

#include "launcher/console.h"
#include "launcher/process_state.h"

namespace launcher {

base::Result<base::DirectoryLock> lock_configuration(const std::string& directory) {
  BASE_TRY(auto lock, base::DirectoryLock::try_acquire(directory));
  if (lock) return std::move(*lock);
  console::note("waiting: another process is changing " + directory);
  return base::DirectoryLock::acquire(directory);
}

base::Result<void> commit_change(const base::ChangeSet& changes) {
  const StopSignalsHeld held;
  return base::commit(changes);
}

}  // namespace launcher
