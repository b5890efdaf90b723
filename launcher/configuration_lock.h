#pragma once

#include <string>

#include "base/files.h"
#include "base/result.h"

namespace launcher {

/// The lock that makes two starts, or a start and a keystore command, follow one another. Says so
/// where it has to wait.
base::Result<base::DirectoryLock> lock_configuration(const std::string& directory);

}  // namespace launcher
