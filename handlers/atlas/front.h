#ifndef SQUALL_ATLAS_FRONT_H
#define SQUALL_ATLAS_FRONT_H

#include "app/http/route.h"

handler front_page;

#endif
