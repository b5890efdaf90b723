#include "base/json_text.h"

#include <boost/json.hpp>

namespace base {

std::string json_quoted(std::string_view text) {
  return boost::json::serialize(boost::json::value(boost::json::string(text)));
}

}  // namespace base
