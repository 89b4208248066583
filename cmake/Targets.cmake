# Three ways to add a target; every target of the project is made by one of them, so that all share warnings and standard.

add_library(nc_warnings INTERFACE)
target_compile_options(nc_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wnull-dereference>
    # At -O3 GCC 12 sees null pointers inside Eigen and overlapping copies inside std::string that are not there.
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>:-Wno-null-dereference -Wno-restrict>
    $<$<AND:$<BOOL:${NCSCOPE_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>)
if(NCSCOPE_SANITIZE)
    target_compile_options(nc_warnings INTERFACE -fsanitize=${NCSCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(nc_warnings INTERFACE -fsanitize=${NCSCOPE_SANITIZE})
endif()

# nc_library(NAME SOURCES … [PUBLIC …] [PRIVATE …]): a static library whose headers are included from the project's root.
function(nc_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE nc_warnings ${ARG_PRIVATE})
endfunction()

# nc_program(NAME SOURCES … LINK …): a program in build/…/bin.
function(nc_program name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE nc_warnings ${ARG_LINK})
endfunction()

find_program(XVFB_RUN xvfb-run)

# nc_test(NAME LINK … [SOURCES …] [LABELS …] [TIMEOUT n] [ENVIRONMENT …] [GL]): tst_NAME.cpp, a Qt Test program and a ctest entry.
# GL: on an X server of its own with software OpenGL, the same on every machine; alone, because that takes all cores. Without
# xvfb-run such a test skips itself.
function(nc_test name)
    cmake_parse_arguments(ARG "GL" "TIMEOUT" "SOURCES;LINK;LABELS;ENVIRONMENT" ${ARGN})
    add_executable(tst_${name} tst_${name}.cpp ${ARG_SOURCES})
    set_target_properties(tst_${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(tst_${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(tst_${name} PRIVATE nc_warnings Qt6::Test ${ARG_LINK})
    set(command tst_${name})
    set(platform offscreen)
    if(ARG_GL)
        list(APPEND ARG_LABELS gl)
        list(APPEND ARG_ENVIRONMENT LIBGL_ALWAYS_SOFTWARE=1 GALLIUM_DRIVER=llvmpipe QT_XCB_GL_INTEGRATION=xcb_glx QT_SCALE_FACTOR=1
            LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0)
        if(XVFB_RUN)
            set(command ${XVFB_RUN} -a -s "-screen 0 1600x1200x24" $<TARGET_FILE:tst_${name}>)
            set(platform xcb)
        endif()
    endif()
    add_test(NAME ${name} COMMAND ${command})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300) # tens of times what is needed: the machine may be busy, or the test under a sanitizer
    endif()
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${ARG_TIMEOUT}
        LABELS "${ARG_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=${platform};LC_ALL=C.UTF-8;${ARG_ENVIRONMENT}"
        RUN_SERIAL ${ARG_GL}
        SKIP_RETURN_CODE 77)
endfunction()
