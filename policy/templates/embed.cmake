# Puts NAME.LANGUAGE.txt of this folder into one source file, at configure time.
#   embed_templates(output.cpp)
function(embed_templates output)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/templates/*.txt")
  list(SORT files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(rows "")
  foreach(path IN LISTS files)
    get_filename_component(name "${path}" NAME)
    string(REGEX MATCH "^([a-z_]+)\\.([a-z]+)\\.txt$" matches "${name}")
    if(NOT matches)
      message(FATAL_ERROR "${path}: expected a name like letter.en.txt")
    endif()
    set(found_name "${CMAKE_MATCH_1}")
    set(language "${CMAKE_MATCH_2}")
    file(READ "${path}" text)
    string(APPEND rows "    {\"${found_name}\", \"${language}\", R\"~~~(${text})~~~\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${output}" CONTENT [=[// Made by policy/templates/embed.cmake from the templates; not to be edited.
#include "policy/templates/template.h"

namespace policy {
namespace {

constexpr Template kTemplates[] = {
@rows@};

}  // namespace

std::span<const Template> templates() {
  return kTemplates;
}

}  // namespace policy
]=] @ONLY)
endfunction()
