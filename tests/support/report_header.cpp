#include "tests/support/report_header.h"

#include <ctime>

#include "base/text.h"
#include "tests/support/child_process.h"

namespace test_support {

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[16];
  strftime(text, sizeof text, "%Y-%m-%d", &utc);
  return text;
}

std::string commit() {
  const auto asked = run_child(
      {{"/usr/bin/git", "-C", ESBOOT_SOURCE_DIR, "rev-parse", "--short", "HEAD"}, "", {}, "/"});
  return asked.exit_code == 0 ? std::string(base::trim(asked.out)) : "unknown";
}

}  // namespace test_support
