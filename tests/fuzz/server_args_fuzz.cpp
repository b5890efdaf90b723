#include "tests/fuzz/server_args_fuzz.h"

#include <cstdlib>
#include <string>

#include "tests/support/server_args_decoder.h"

bool fuzz_server_args(std::span<const std::uint8_t> bytes) {
  using Layout = test_support::ServerArgsLayout;
  const std::string stream(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  bool accepted = false;
  for (const Layout layout : {Layout::kPassword, Layout::kSecrets, Layout::kSecretsAndLogs}) {
    if (!test_support::decode_server_args(stream, layout)) continue;
    accepted = true;
    // A stream ends where it ends: nothing may follow it.
    if (test_support::decode_server_args(stream + '\0', layout)) std::abort();
  }
  return accepted;
}

#ifdef ESBOOT_FUZZ_TARGET
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_server_args({data, size});
  return 0;
}
#endif
