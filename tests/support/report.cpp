#include "tests/support/report.h"

#include <cstdlib>

#include "tests/support/child_process.h"

namespace test_support {

Report::Report(const char* variable, const std::string& title, const std::string& written_by,
               const std::string& opening) {
  const char* const file = std::getenv(variable);
  if (file == nullptr) return;
  out_.open(file);
  const auto when = run_child(
      {{"/bin/sh", "-c", "echo \"$(date -u +%F), commit $(git rev-parse --short HEAD).\""},
       "",
       {},
       ESBOOT_SOURCE_DIR});
  line("# " + title + "\n\n" + written_by + ' ' + when.out + '\n' + opening);
}

void Report::line(const std::string& text) {
  if (out_.is_open()) out_ << text << std::endl;
}

}  // namespace test_support
