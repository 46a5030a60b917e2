#ifndef SQUALL_ATLAS_FRONT_H
#define SQUALL_ATLAS_FRONT_H

#include "app/route.h"

handler front_page;

#endif
