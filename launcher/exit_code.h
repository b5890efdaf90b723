#pragma once

#include "base/result.h"

namespace launcher {

/// The process exit code of each kind of failure, as the stock launcher uses them (sysexits.h, and
/// 126 and 127 as a shell does).
[[nodiscard]] constexpr int exit_code_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kGeneric:
      return 1;
    case base::ErrorKind::kUsage:
      return 64;
    case base::ErrorKind::kData:
      return 65;
    case base::ErrorKind::kUnavailable:
      return 69;
    case base::ErrorKind::kInternal:
      return 70;
    case base::ErrorKind::kCannotCreate:
      return 73;
    case base::ErrorKind::kIo:
      return 74;
    case base::ErrorKind::kNoPermission:
      return 77;
    case base::ErrorKind::kConfig:
      return 78;
    case base::ErrorKind::kNoop:
      return 80;
    case base::ErrorKind::kNotExecutable:
      return 126;
    case base::ErrorKind::kNotFound:
      return 127;
  }
  return 1;
}

}  // namespace launcher
