#include <string>
#include <vector>

#include "launcher/console.h"
#include "launcher/environment.h"
#include "launcher/keystore_command.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  const bool by_name = !arguments.empty() && arguments[0].ends_with("elasticsearch-keystore");
  if (by_name || (argc > 1 && arguments[1] == "keystore"))
    return launcher::run_keystore_command(std::span(arguments).subspan(by_name ? 1 : 2),
                                          arguments[0], launcher::read_environment());
  launcher::console::note("esboot");
  return 64;
}
