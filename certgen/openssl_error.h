#pragma once

#include <string_view>

#include "base/result.h"

namespace certgen {

/// kInternal, "cannot <action>: <reason of OpenSSL>", and leaves OpenSSL's error queue empty.
[[nodiscard]] base::Error openssl_error(std::string_view action);

}  // namespace certgen
