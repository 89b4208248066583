# LibTorch as it lies in a Python wheel: LibTorch::LibTorch, without the wheel's own TorchConfig.cmake, which asks for nvcc.
#
# NCSCOPE_TORCH_ROOT   the wheel's torch folder (with include/ and lib/); default: in the user's cache folder
# LibTorch_FOUND, LibTorch_VERSION, LibTorch_CUDA (whether the wheel has CUDA libraries; a GPU is looked for at run time)

set(_cache $ENV{XDG_CACHE_HOME})
if(NOT _cache)
    set(_cache $ENV{HOME}/.cache)
endif()
set(NCSCOPE_TORCH_ROOT ${_cache}/ncscope/torch-2.11.0/lib/python3.11/site-packages/torch CACHE PATH
    "The torch folder of the LibTorch wheel")
unset(_cache)

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h PATHS ${NCSCOPE_TORCH_ROOT}/include NO_DEFAULT_PATH)
foreach(_part torch torch_cpu c10)
    find_library(LibTorch_${_part}_LIBRARY ${_part} PATHS ${NCSCOPE_TORCH_ROOT}/lib NO_DEFAULT_PATH)
endforeach()
find_library(LibTorch_torch_cuda_LIBRARY torch_cuda PATHS ${NCSCOPE_TORCH_ROOT}/lib NO_DEFAULT_PATH)
find_library(LibTorch_c10_cuda_LIBRARY c10_cuda PATHS ${NCSCOPE_TORCH_ROOT}/lib NO_DEFAULT_PATH)
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_torch_LIBRARY LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY
    LibTorch_torch_cuda_LIBRARY LibTorch_c10_cuda_LIBRARY)

if(EXISTS ${NCSCOPE_TORCH_ROOT}/version.py)
    file(STRINGS ${NCSCOPE_TORCH_ROOT}/version.py _line REGEX "^__version__ = ")
    string(REGEX REPLACE "^__version__ = '([^']+)'.*" "\\1" LibTorch_VERSION "${_line}")
    unset(_line)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
    REQUIRED_VARS LibTorch_torch_LIBRARY LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY LibTorch_INCLUDE_DIR
    VERSION_VAR LibTorch_VERSION
    REASON_FAILURE_MESSAGE "Set NCSCOPE_TORCH_ROOT to the torch folder of an installed wheel torch==2.11.0, or build without the trainer (-DNCSCOPE_TRAINER=OFF).")

if(LibTorch_torch_cuda_LIBRARY AND LibTorch_c10_cuda_LIBRARY)
    set(LibTorch_CUDA TRUE)
else()
    set(LibTorch_CUDA FALSE)
endif()

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
    add_library(LibTorch::LibTorch INTERFACE IMPORTED)
    target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
        ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
    # The CUDA half registers itself when it is loaded; no symbol of ours names it, so the linker must be told to keep it.
    target_link_libraries(LibTorch::LibTorch INTERFACE
        -Wl,--no-as-needed ${LibTorch_torch_cpu_LIBRARY} ${LibTorch_c10_LIBRARY}
        $<$<BOOL:${LibTorch_CUDA}>:${LibTorch_torch_cuda_LIBRARY}> $<$<BOOL:${LibTorch_CUDA}>:${LibTorch_c10_cuda_LIBRARY}>
        ${LibTorch_torch_LIBRARY} -Wl,--as-needed)
    # Libraries given by full path get their folder into the build rpath; the wheel's own rpath finds the NVIDIA parts.
endif()
