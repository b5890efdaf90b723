#pragma once

#include "tests/support/stand_in_node.h"

namespace test_support {

/// A stand-in node that a first start has configured. Keys are made once for all of them.
class ConfiguredNode : public StandInNode {
 public:
  ConfiguredNode();
};

}  // namespace test_support
