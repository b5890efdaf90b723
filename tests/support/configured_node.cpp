#include "tests/support/configured_node.h"

#include <stdexcept>

namespace test_support {

ConfiguredNode::ConfiguredNode() {
  static StandInNode first;
  static const StartResult done = first.start();
  if (done.exit_code != 0) throw std::runtime_error("the first start failed: " + done.err);
  std::filesystem::remove_all(config());
  std::filesystem::copy(first.config(), config(), std::filesystem::copy_options::recursive);
  give_to_test_user(config());
}

}  // namespace test_support
