#include "tests/support/report.h"

#include <cstdlib>
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

Report::Report(const char* variable, const std::string& title, const std::string& written_by,
               const std::string& opening) {
  const char* const file = std::getenv(variable);
  if (file == nullptr) return;
  out_.open(file);
  line("# " + title + "\n\n" + written_by + ' ' + today() + ", commit " + commit() + ".\n\n" +
       opening);
}

void Report::line(const std::string& text) {
  if (out_.is_open()) out_ << text << std::endl;
}

}  // namespace test_support
