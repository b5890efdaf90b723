#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "base/files.h"
#include "tests/fuzz/certificates_fuzz.h"
#include "tests/fuzz/http_fuzz.h"
#include "tests/fuzz/server_args_fuzz.h"
#include "tests/fuzz/settings_fuzz.h"
#include "tests/fuzz/stream_fuzz.h"

namespace {

struct Corpus {
  const char* directory;
  bool (*read)(std::span<const std::uint8_t> bytes);
};

}  // namespace

TEST_CASE("settings, streams and certificates: the corpora of the fuzz targets replay") {
  for (const Corpus& corpus :
       {Corpus{"yml_corpus", fuzz_yml}, Corpus{"jvm_options_corpus", fuzz_jvm_options},
        Corpus{"setting_argument_corpus", fuzz_setting_argument},
        Corpus{"yml_block_corpus", fuzz_yml_block}, Corpus{"jvm_output_corpus", fuzz_jvm_output},
        Corpus{"certificates_corpus", fuzz_certificates},
        Corpus{"http_reply_corpus", fuzz_http_reply},
        Corpus{"server_args_corpus", fuzz_server_args},
        Corpus{"stderr_filter_corpus", fuzz_stderr_filter},
        Corpus{"node_log_corpus", fuzz_node_log},
        Corpus{"enrollment_token_corpus", fuzz_enrollment_token},
        Corpus{"enroll_reply_corpus", fuzz_enroll_reply},
        Corpus{"control_groups_corpus", fuzz_control_groups}}) {
    int accepted = 0;
    int refused = 0;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::string(ESBOOT_SOURCE_DIR) + "/tests/fuzz/" + corpus.directory)) {
      CAPTURE(entry.path().string());
      const auto content = base::read_secret_file(entry.path().string(), 1 << 20);
      REQUIRE(content.ok());
      ++(corpus.read(content.value().bytes()) ? accepted : refused);
    }
    CAPTURE(corpus.directory);
    CHECK(accepted > 0);
    CHECK(refused > 0);
  }
}
