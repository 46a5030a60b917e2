#ifndef SQUALL_ATLAS_PLACE_H
#define SQUALL_ATLAS_PLACE_H

#include "app/http/route.h"

handler place_page;

#endif
